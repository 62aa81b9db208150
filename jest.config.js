/** Three sizes: small (pure), medium (real PostgreSQL), e2e (booted service). PostgreSQL starts once per run. */
const common = {
  transform: { '^.+\\.ts$': '@swc/jest' },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironment: 'node',
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  setupFiles: ['<rootDir>/test/support/jest-setup.ts'],
};
const withDatabase = {
  globalSetup: '<rootDir>/test/support/postgres.setup.ts',
  globalTeardown: '<rootDir>/test/support/postgres.teardown.ts',
};

export default {
  maxWorkers: 2,
  // a busy machine is no failure; what has to be fast measures itself
  testTimeout: 30_000,
  reporters: ['default', '<rootDir>/test/support/project-times.reporter.mjs'],
  projects: [
    {
      ...common,
      displayName: 'small',
      testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/{architecture,golden,support}/**/*.spec.ts'],
    },
    {
      ...common,
      ...withDatabase,
      displayName: 'medium',
      testMatch: ['<rootDir>/src/**/*.medium-spec.ts', '<rootDir>/test/medium/**/*.medium-spec.ts'],
    },
    { ...common, ...withDatabase, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.e2e-spec.ts'] },
  ],
};
