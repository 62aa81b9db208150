/** Injection token of the `Cloud` that is discovered. */
export const CLOUD = Symbol('cloud');
