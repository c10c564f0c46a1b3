import type { Source } from '../../ports/source.ts'

/** Whether a value is a source: of ours, or of anybody who implements the port. */
export function isSource(value: unknown): value is Source<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'open') === 'function' &&
    typeof Reflect.get(value, 'describe') === 'string' &&
    Array.isArray(Reflect.get(value, 'keyFields'))
  )
}
