import { parseDuration } from '../domain/duration.ts'
import { parseUsd } from '../wording/amount.ts'
import { Refusal } from './problem.ts'

/** An amount of a request; null without one. Throws E_USAGE. */
export function amountIn(text: string | undefined): number | null {
  if (text === undefined) return null
  const amount = parseUsd(text)
  if (amount !== null && Number.isSafeInteger(amount)) return amount
  throw new Refusal('E_USAGE', `${JSON.stringify(text)} is not an amount of dollars`, {
    where: 'the body',
    fix: '"$90", or "0.50"',
    issues: [{ path: 'body.maxCost', message: 'not an amount of dollars' }],
  })
}

/** A duration of a request, in milliseconds. Throws E_USAGE; `path` names the field. */
export function durationIn(text: string, path: string): number {
  const lengthMs = parseDuration(text) ?? 0
  if (lengthMs > 0 && Number.isSafeInteger(lengthMs)) return lengthMs
  throw new Refusal('E_USAGE', `${JSON.stringify(text)} is not a duration`, {
    where: path,
    fix: '30d, 24h, 90s',
    issues: [{ path, message: 'not a duration' }],
  })
}
