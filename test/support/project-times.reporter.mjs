/** Prints how long the tests of each project took, so that a slow size is seen when it becomes one. */
export default class ProjectTimesReporter {
  onRunComplete(_contexts, results) {
    const seconds = new Map();
    for (const file of results.testResults) {
      const name = file.displayName?.name ?? 'tests';
      const { start, end } = file.perfStats;
      seconds.set(name, (seconds.get(name) ?? 0) + (end - start) / 1000);
    }
    const parts = [...seconds].map(([name, sum]) => `${name} ${sum.toFixed(1)} s`);
    process.stderr.write(`Time in test files: ${parts.join(', ')}\n`);
  }
}
