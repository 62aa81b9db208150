import { readCidr, readHost } from './cidr-text.js';

const told = (text: string): string => {
  const read = readCidr(text);
  return 'cidr' in read ? read.cidr.toString() : read.problem.todo;
};

describe('readCidr', () => {
  it.each([
    ['10.0.0.0/24', '10.0.0.0/24'],
    [' 2001:db8::/32 ', '2001:db8::/32'],
    ['10.0.0.5/24', 'Write 10.0.0.0/24.'],
    ['10.0.0.0/255.255.255.0', 'Write 10.0.0.0/24.'],
    ['10.0.0.0/0.0.0.255', 'Write 10.0.0.0/24.'],
    ['10.0.0.0 255.255.0.0', 'Write 10.0.0.0/16.'],
    ['10.0.0.0-10.0.0.255', 'Write 10.0.0.0/24.'],
    ['10.0.0.1 - 10.0.0.1', 'Write 10.0.0.1/32.'],
    ['10.0.0.7', 'Write 10.0.0.7/32.'],
    ['2001:db8::1', 'Write 2001:db8::1/128.'],
  ])('%j: %s', (text, expected) => expect(told(text)).toBe(expected));

  it.each([
    '',
    '10',
    '10.0.0.0/33',
    '10.0.0.0/255.0.255.0',
    '10.0.0.1-10.0.0.9',
    '10.0.0.9-10.0.0.1',
    '=1+1',
    'x'.repeat(1e6),
  ])('guesses nothing from %.20j', (text) => {
    const read = readCidr(text);
    expect('problem' in read && read.problem.todo).toBe('Write it as 10.0.0.0/24 or 2001:db8::/64.');
    expect('problem' in read && read.problem.reason.length).toBeLessThan(300);
  });
});

describe('readHost', () => {
  it.each([
    ['10.0.0.5/24', '10.0.0.5/32'],
    ['10.0.0.5', '10.0.0.5/32'],
    ['2001:db8::5/64', '2001:db8::5/128'],
  ])('%s is %s', (text, expected) => {
    const read = readHost(text);
    expect('cidr' in read && read.cidr.toString()).toBe(expected);
  });

  it.each(['10.0.0.5/33', '10.0.0.5/x', '10.0.0/24', ''])('refuses %j', (text) => {
    expect(readHost(text)).toHaveProperty('problem');
  });
});
