import { databaseError, isBusy, isUnavailable } from './sqlstate.js';

const coded = (code: string): Error => Object.assign(new Error('x'), { code });

it.each(['EPIPE', 'ECONNRESET', '57P01', '57P02', '57P03', '08006', '53300'])('%s is UNAVAILABLE', (code) => {
  expect([isUnavailable(coded(code)), isUnavailable({ driverError: coded(code) })]).toEqual([true, true]);
});

it('what Node reports is no SQLSTATE, also where it has the form of one', () => {
  expect([databaseError(coded('EPIPE')), databaseError(coded('23505'))]).toEqual([
    null,
    expect.objectContaining({ code: '23505' }),
  ]);
});

it.each(['55P03', '57014', '40001', '40P01'])('%s is busy, not away', (code) => {
  expect([isBusy(coded(code)), isUnavailable(coded(code))]).toEqual([true, false]);
});
