/** Why, in words for people; `rule` is for programs and never changes its meaning. */
export interface Reason {
  readonly rule: RuleName;
  readonly message: string;
  /** The provider's page. */
  readonly source: string;
}

export type RuleName =
  | 'block.size'
  | 'block.never-allowed'
  | 'block.advised-against'
  | 'block.overlap'
  | 'block.association'
  | 'block.route'
  | 'block.peering'
  | 'block.direct-connect'
  | 'block.state'
  | 'subnet.size'
  | 'subnet.inside'
  | 'subnet.overlap'
  | 'subnet.capacity'
  | 'peering.overlap'
  | 'attachment.overlap'
  | 'attachment.once'
  | 'direct-connect.overlap'
  | 'direct-connect.prefixes'
  | 'vpn.overlap'
  | 'route.local'
  | 'route.priority'
  | 'route.unroutable'
  | 'route.middlebox'
  | 'route.gateway-table'
  | 'route.count'
  | 'address-usage'
  | 'quota';

/**
 * What the provider would say. REFUSED has every reason that stands against it, ALLOWED what was looked at and held;
 * AWS_DECIDES: nothing refuses, but the provider's own words do not settle it, or what would is not known.
 * A warning never changes a verdict.
 */
export type Judgement =
  | { readonly verdict: 'ALLOWED'; readonly reasons: readonly Reason[]; readonly warnings: readonly Reason[] }
  | { readonly verdict: 'REFUSED'; readonly reasons: readonly Reason[]; readonly warnings: readonly Reason[] }
  | {
      readonly verdict: 'AWS_DECIDES';
      readonly reasons: readonly Reason[];
      readonly warnings: readonly Reason[];
    };

export type Verdict = Judgement['verdict'];

/** Collects what rules say; the worst of it is the verdict. */
export class Hearing {
  private readonly said: Record<Verdict | 'WARNED', Reason[]> = {
    ALLOWED: [],
    REFUSED: [],
    AWS_DECIDES: [],
    WARNED: [],
  };

  say(what: Verdict | 'WARNED' | 'NONE', rule: RuleName, message: string, source: string): void {
    if (what !== 'NONE') this.said[what].push({ rule, message, source });
  }

  judge(): Judgement {
    const { ALLOWED, REFUSED, AWS_DECIDES, WARNED: warnings } = this.said;
    if (REFUSED.length > 0) return { verdict: 'REFUSED', reasons: REFUSED, warnings };
    if (AWS_DECIDES.length > 0) return { verdict: 'AWS_DECIDES', reasons: AWS_DECIDES, warnings };
    return { verdict: 'ALLOWED', reasons: ALLOWED, warnings };
  }
}
