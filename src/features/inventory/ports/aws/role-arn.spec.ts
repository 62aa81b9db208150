import { roleArnOf } from './role-arn.js';

it.each([
  ['Cadastre', 'eu-west-1', 'arn:aws:iam::111122223333:role/Cadastre'],
  ['audit/Cadastre', 'cn-north-1', 'arn:aws-cn:iam::111122223333:role/audit/Cadastre'],
  ['/Cadastre', 'us-gov-west-1', 'arn:aws-us-gov:iam::111122223333:role/Cadastre'],
  ['arn:aws:iam::999988887777:role/x', 'eu-west-1', 'arn:aws:iam::999988887777:role/x'],
])('%s in %s', (role, region, arn) => expect(roleArnOf(role, '111122223333', region)).toBe(arn));
