import { badRequest } from '../../../core/errors.ts'

/** xAI's REST reference: at most 1,000; that 100 come unasked is a guess. */
const usualLimit = 100
const maxLimit = 1000

export function readLimit(query: URLSearchParams): number {
  const text = query.get('limit')
  const limit = text === null ? usualLimit : Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= maxLimit) return limit
  throw badRequest(`limit: must be an integer from 1 to ${maxLimit}.`)
}

/** Where a page begins: a token is opaque, and holds some numbers. Throws a 400 for another text. */
export function readToken(query: URLSearchParams, numbers: number): readonly number[] {
  const token = query.get('pagination_token')
  if (token === null || token === '') return Array.from({ length: numbers }, () => 0)
  const places = Buffer.from(token, 'base64url').toString('latin1').split('.').map(Number)
  if (places.length === numbers && places.every((place) => Number.isSafeInteger(place) && place >= 0))
    return places
  throw badRequest('pagination_token: is not one of this list.')
}

export function writeToken(...places: readonly number[]): string {
  return Buffer.from(places.join('.')).toString('base64url')
}
