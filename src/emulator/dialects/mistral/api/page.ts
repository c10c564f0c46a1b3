import { invalid } from '../errors.ts'

const defaultPageSize = 100

/** Page 0 is the first one. */
export function pageOf<T>(query: URLSearchParams, items: readonly T[]): readonly T[] {
  const page = readWhole(query, 'page', 0, 0)
  const size = readWhole(query, 'page_size', defaultPageSize, 1)
  return items.slice(page * size, (page + 1) * size)
}

function readWhole(query: URLSearchParams, name: string, fallback: number, min: number): number {
  const text = query.get(name)
  if (text === null || text === '') return fallback
  const value = Number(text)
  if (!Number.isInteger(value))
    throw invalid({
      type: 'int_parsing',
      loc: ['query', name],
      msg: 'Input should be a valid integer',
      input: text,
    })
  if (value < min)
    throw invalid({
      type: 'greater_than_equal',
      loc: ['query', name],
      msg: `Input should be greater than or equal to ${min}`,
      input: text,
    })
  return value
}
