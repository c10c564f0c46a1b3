import type { Answer } from '../../domain/request.ts'
import { type AnswerToRead, checkOutput, type ReadAnswer } from './read-answer.ts'

/** Judges the answer to an embedding: whether it is a vector of the right length that passes the job's check. */
export function readVector(
  asked: {
    readonly answer: Exclude<Answer, { readonly kind: 'error' | 'refusal' }>
    /** How many numbers were asked for; null: the model decides. */
    readonly dimensions: number | null
  },
  check: AnswerToRead['check'],
): ReadAnswer {
  const { answer, dimensions } = asked
  if (answer.kind !== 'vector') return { kind: 'invalid', reason: 'the answer is no vector' }
  const { length } = answer.vector
  if (dimensions !== null && length !== dimensions)
    return { kind: 'invalid', reason: `the vector has ${length} numbers, not ${dimensions}` }
  return checkOutput({ check, row: null }, answer.vector, 0)
}
