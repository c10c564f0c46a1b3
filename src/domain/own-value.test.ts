import { describe, expect, test } from 'vitest'
import { fieldOf, ownValue } from './own-value.ts'

const inherited = Object.getOwnPropertyNames(Object.prototype)

class Row {
  readonly id = 1
  get title(): string {
    return 'by its class'
  }
}

describe('a name from outside', () => {
  test.for(inherited)('finds nothing in a table that has no %s', (name) => {
    expect(ownValue({}, name)).toBeUndefined()
    expect(fieldOf({ a: 1 }, name)).toBeUndefined()
    expect(fieldOf(new Row(), name)).toBeUndefined()
    for (const value of ['text', 7, null, undefined, true]) expect(fieldOf(value, name)).toBeUndefined()
  })

  test.for(inherited)('finds what is there as %s', (name) => {
    const table: Readonly<Record<string, string>> = JSON.parse(`{"${name}":"x"}`)
    expect(ownValue(table, name)).toBe('x')
    expect(fieldOf(table, name)).toBe('x')
  })

  test('finds what the class of a row gives it', () => {
    expect(fieldOf(new Row(), 'title')).toBe('by its class')
    expect(fieldOf(new Row(), 'id')).toBe(1)
  })
})
