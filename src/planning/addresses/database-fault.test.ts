import { expect, test } from 'vitest'
import { OffpeakError } from '../../domain/errors.ts'
import { databaseFault, isPassing } from './database-fault.ts'

const coded = (code: string, message = 'something'): Error => Object.assign(new Error(message), { code })

test.for([
  [coded('57P01'), 'lost'],
  [coded('57P02'), 'lost'],
  [coded('57P03'), 'lost'],
  [coded('25P03'), 'lost'],
  [coded('08006'), 'lost'],
  [coded('ECONNRESET'), 'lost'],
  [new Error('Connection terminated unexpectedly'), 'lost'],
  [new Error('Client has encountered a connection error and is not queryable'), 'lost'],
  [coded('ECONNREFUSED'), 'unreachable'],
  [coded('EAI_AGAIN'), 'unreachable'],
  [new Error('timeout exceeded when trying to connect'), 'unreachable'],
  [coded('55P03'), 'timed_out'],
  [coded('57014'), 'timed_out'],
  [coded('53300'), 'busy'],
  [Object.assign(coded('ERR_SQLITE_ERROR', 'database is locked'), { errcode: 5 }), 'busy'],
  [Object.assign(coded('ERR_SQLITE_ERROR'), { errcode: 517 }), 'busy'],
  [coded('40P01'), 'undone'],
  [coded('40001'), 'undone'],
  [coded('53100'), 'full'],
  [coded('42P01'), null],
  [coded('57P04'), null],
  [coded('23505'), null],
  [Object.assign(coded('ERR_SQLITE_ERROR', 'disk I/O error'), { errcode: 10 }), null],
  [new Error('the timeout exceeded all bounds'), null],
  [null, null],
] as const)('%o is %s', ([thrown, fault]) => {
  expect(databaseFault(thrown)).toBe(fault)
})

test('of our own failures those of a database pass, and no others', () => {
  expect(isPassing(new OffpeakError('E_DATABASE', 'away'))).toBe(true)
  expect(isPassing(new OffpeakError('E_DATABASE_BUSY', 'locked'))).toBe(true)
  expect(isPassing(new OffpeakError('E_STATE_VERSION', 'newer'))).toBe(false)
  expect(isPassing(coded('57P01'))).toBe(false)
})
