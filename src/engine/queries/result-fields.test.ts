import { describe, expect, test } from 'vitest'
import type { RunResult } from './results.ts'
import { OutputColumns, readFields, requireColumns, usualFields, valueOf } from './result-fields.ts'

const result = (output: unknown): RunResult => ({
  key: 'k',
  outcome: 'merged',
  reason: null,
  output,
  text: 'raw',
  inputTokens: 3,
  outputTokens: 4,
  costUsd: 0.5,
  tries: 1,
  batch: 0,
  sameAs: null,
})

function columnsOf(
  outputs: readonly unknown[],
  fields: readonly string[] = ['key', 'output', 'tries'],
): unknown {
  const columns = new OutputColumns()
  for (const output of outputs) columns.note(result(output))
  return columns.columns(fields).map(({ name, type }) => `${name}:${type}`)
}

describe('fields of results', () => {
  test('are the usual ones, or those that were named, each once', () => {
    expect(readFields(null)).toEqual(usualFields)
    expect(readFields(' key, output.a.b ,key')).toEqual(['key', 'output.a.b'])
    for (const wrong of ['keys', 'output.', 'toString']) expect(() => readFields(wrong)).toThrow(/no field/)
  })

  test('have the values of the record, and of its output by name', () => {
    expect(valueOf(result({ a: 1, 'a.b': 2 }), 'output.a')).toBe(1)
    expect(valueOf(result({ a: 1, 'a.b': 2 }), 'output.a.b')).toBe(2)
    expect(valueOf(result({ a: 1 }), 'output.toString')).toBeNull()
    expect(valueOf(result('plain'), 'output.length')).toBeNull()
    expect(valueOf(result('plain'), 'output')).toBe('plain')
    expect(valueOf(result(null), 'costUsd')).toBe(0.5)
  })
})

describe('columns of outputs', () => {
  test('are every field that any output has, in the place of the output', () => {
    expect(columnsOf([{ a: 'x' }, null, { b: 1, a: 'y' }, { c: true }])).toEqual([
      'key:text',
      'output.a:text',
      'output.b:number',
      'output.c:yes',
      'tries:count',
    ])
  })

  test('of which nothing is known are text, and the first value decides', () => {
    expect(columnsOf([{ a: null, b: null }, { a: 2 }])).toEqual([
      'key:text',
      'output.a:number',
      'output.b:text',
      'tries:count',
    ])
  })

  test('with values of several kinds, or nested ones, are JSON', () => {
    expect(columnsOf([{ a: 'x', b: [1] }, { a: 1 }, { a: 'x' }], ['output'])).toEqual([
      'output.a:json',
      'output.b:json',
    ])
  })

  test('keep an output that is no object as one column, beside the fields of others', () => {
    expect(columnsOf(['x', 'y'], ['output'])).toEqual(['output:text'])
    expect(columnsOf(['x', { a: 1 }], ['output'])).toEqual(['output:text', 'output.a:number'])
    expect(columnsOf([], ['output'])).toEqual(['output:json'])
  })

  test('are not endless', () => {
    const columns = new OutputColumns()
    expect(() => {
      for (let at = 0; at < 2_000; at++) columns.note(result({ [`f${at}`]: 1 }))
    }).toThrow(/more than 1000 different fields/)
  })

  test('that a later output does not fit are an error, and nothing is left out', () => {
    const names = new Set(['output.a'])
    expect(() => requireColumns(names, result({ a: 1 }))).not.toThrow()
    expect(() => requireColumns(names, result(null))).not.toThrow()
    expect(() => requireColumns(names, result({ b: 1 }))).toThrow(/new field b/)
    expect(() => requireColumns(names, result('x'))).toThrow(/new field output/)
  })
})
