declare module 'longest-prefix-match' {
  interface Trie<Value> {
    get(bits: string, all: boolean): { readonly data: Value }[];
  }
  export default class LongestPrefixMatch<Value> {
    readonly data: { readonly v4: Trie<Value> };
    addPrefix(prefix: string, data: Value): void;
    getMatch(prefix: string, all: boolean): Value[];
  }
}
