import { formatCount } from './count.ts'

const shown = 3

/** Lines on the constraints of a schema that the service does not enforce; `rest` says where the others are. */
export function toldWords(told: readonly string[], rest: string): readonly string[] {
  if (told.length === 0) return []
  const more = told.length - shown
  return [
    ...told.slice(0, shown),
    ...(more > 0 ? [`and ${formatCount(more)} more${rest}`] : []),
    'not enforced by the service: an answer that breaks one is invalid',
  ]
}
