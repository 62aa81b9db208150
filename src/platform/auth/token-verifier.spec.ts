import { loadSettings } from '../config/settings.js';
import { bearerOf, hashOf, newSecret } from './secret.js';
import type { TokenStore } from './token-store.js';
import { StoredTokenVerifier } from './token-verifier.js';

class FakeStore {
  asked = 0;
  live = new Map<string, { name: string; role: 'reader'; secondsLeft: number | null }>();
  async findLive(hash: Buffer) {
    this.asked++;
    await Promise.resolve();
    return this.live.get(hash.toString('hex')) ?? null;
  }
}

const verifierOf = (store: FakeStore, env = {}) =>
  new StoredTokenVerifier(store as unknown as TokenStore, loadSettings(env));

let store: FakeStore;
let secret: string;

beforeEach(() => {
  store = new FakeStore();
  secret = newSecret();
  store.live.set(hashOf(secret).toString('hex'), { name: 'ci', role: 'reader', secondsLeft: null });
});

it('asks the database once and answers without a promise from then on', async () => {
  const verifier = verifierOf(store);
  const together = await Promise.all([verifier.verify(secret), verifier.verify(secret)]);
  expect(together).toEqual([
    { actor: 'token:ci', role: 'reader' },
    { actor: 'token:ci', role: 'reader' },
  ]);
  expect(verifier.verify(secret)).toEqual({ actor: 'token:ci', role: 'reader' });
  expect(store.asked).toBe(1);
});

it('remembers a refusal too', async () => {
  const verifier = verifierOf(store);
  expect(await verifier.verify('cad_wrong')).toBeNull();
  expect(verifier.verify('cad_wrong')).toBeNull();
  expect(store.asked).toBe(1);
});

it('asks again when told to forget, also about an answer that is under way', async () => {
  const verifier = verifierOf(store);
  const before = verifier.verify(secret);
  store.live.clear();
  verifier.forget();
  await before;
  expect(await verifier.verify(secret)).toBeNull();
});

it('trusts no token beyond its expiry, and remembers nothing at 0 seconds', async () => {
  store.live.set(hashOf(secret).toString('hex'), { name: 'ci', role: 'reader', secondsLeft: 0 });
  const verifier = verifierOf(store);
  await verifier.verify(secret);
  await verifier.verify(secret);
  const forgetful = verifierOf(store, { CADASTRE_TOKEN_CACHE_SECONDS: '0' });
  await forgetful.verify('cad_x');
  await forgetful.verify('cad_x');
  expect(store.asked).toBe(4);
});

it('does not remember that the database was away', async () => {
  const verifier = verifierOf(store);
  const found = store.findLive.bind(store);
  store.findLive = () => Promise.reject(new Error('away'));
  await expect(verifier.verify(secret)).rejects.toThrow('away');
  store.findLive = found;
  expect(await verifier.verify(secret)).not.toBeNull();
});

it('knows the admin token of the environment without the database', () => {
  const admin = 'a'.repeat(32);
  const verifier = verifierOf(store, { CADASTRE_ADMIN_TOKEN: admin });
  expect(verifier.verify(admin)).toEqual({ actor: 'token:CADASTRE_ADMIN_TOKEN', role: 'admin' });
  expect(store.asked).toBe(0);
});

it('makes secrets of 32 random bytes that fit the header', () => {
  expect(secret).toMatch(/^cad_[A-Za-z0-9_-]{43}$/);
  expect(bearerOf(`Bearer ${secret}`)).toBe(secret);
  expect(bearerOf(`bearer  ${secret}`)).toBe(secret);
});

it.each(['', 'Bearer', 'Bearer ', 'Basic abc', 'Bearer a b', 'Bearer a\nb', `Bearer ${'x'.repeat(600)}`])(
  'reads no token from %j',
  (header) => {
    expect(bearerOf(header)).toBeNull();
  },
);
