import { Prefix } from '../../../address/index.js';
import type { ObservedCidr } from '../../allocation/index.js';
import { observedDifference } from './observed-difference.js';

const of = (resource: string, cidr: string, given: Partial<ObservedCidr> = {}): ObservedCidr => ({
  ...{ source: 'aws/1/r', resource, cidr: Prefix.must(cidr), routingDomainId: 1, within: null },
  ...given,
});
const always = () => true;

it('tells what is new or part of something else, and what is gone', () => {
  const [kept, gone, fresh] = [
    of('vpc-1', '10.0.0.0/16'),
    of('vpc-1', '10.1.0.0/16'),
    of('vpc-2', '10.2.0.0/16'),
  ];
  const part = of('subnet-1', '10.0.0.0/24');
  const moved = { ...part, within: Prefix.must('10.0.0.0/16') };
  expect(observedDifference([kept, gone, part], [kept, fresh, moved], always)).toEqual({
    seen: [fresh, moved],
    withdrawn: [gone],
  });
});

it('withdraws nothing that a bad list left out, except from where it was placed before', () => {
  const [gone, before] = [of('vpc-1', '10.1.0.0/16'), of('vpc-2', '10.2.0.0/16')];
  const after = { ...before, routingDomainId: 2 };
  expect(observedDifference([gone, before], [after], () => false)).toEqual({
    seen: [after],
    withdrawn: [before],
  });
});
