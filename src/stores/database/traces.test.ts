import { CompiledQuery, type LogEvent } from 'kysely'
import { describe, expect, test } from 'vitest'
import { Traces } from './traces.ts'

const failed = (text: string, error: unknown): LogEvent => ({
  level: 'error',
  error,
  query: CompiledQuery.raw(text),
  queryDurationMillis: 1,
})

describe('a connection that was lost', () => {
  test.for(['select 1', ' with a as (select 1) select * from a'])('under %s left nothing', (text) => {
    const [traces, thrown] = [new Traces(), new Error('lost')]
    traces.note(failed(text, thrown))
    expect(traces.leftNothing(thrown)).toBe(true)
  })

  test.for([
    'insert into a values (1)',
    'with a as (update b set c = 1 returning c) select * from a',
    'commit',
  ])('under %s may have left something', (text) => {
    const [traces, thrown] = [new Traces(), new Error('lost')]
    traces.note(failed(text, thrown))
    expect(traces.leftNothing(thrown)).toBe(false)
  })

  test('in the middle of a transaction left nothing, and at its end nobody knows', () => {
    const [traces, middle, end] = [new Traces(), new Error('lost'), new Error('lost')]
    traces.note(failed('insert into a values (1)', middle))
    traces.noteTransaction(middle, false)
    traces.noteTransaction(end, true)
    expect([traces.leftNothing(middle), traces.leftNothing(end)]).toEqual([true, false])
  })
})
