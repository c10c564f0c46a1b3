import { messageOf } from '../../domain/errors.ts'
import { validateKeepingNames } from '../../domain/keeping-names.ts'
import { threwWords } from '../../domain/user-code.ts'
import { issuesText, type StandardResult, type StandardSchema } from '../../domain/standard-schema.ts'
import { cutReason, emptyReason, type SpentTokens } from '../tokens/spent-tokens.ts'
import { applyTextPolicy, type TextPolicy } from './text-policy.ts'
import { withExactNumbers } from '../text/exact-numbers.ts'
import { largeNumberIn, largeNumberWords } from './large-number.ts'
import { parseJson } from '../text/parse-json.ts'
import { repeatedName } from './repeated-names.ts'
import { RepeatedKey } from '../schema/wire-shape.ts'
import type { Answer } from '../../domain/request.ts'

/** Longer answers are not parsed. No model writes as much; a broken or hostile server can. */
export const maxAnswerCharacters = 33_554_432

/** A reason ends up in tables and terminals: it is one line of at most so many characters. */
const maxReasonCharacters = 300

export interface AnswerToRead {
  readonly text: string
  /** Whether the provider cut it at the output limit. */
  readonly cut: boolean
  /** The job's schema; null: plain text. */
  readonly output: StandardSchema | null
  /** `decode` of the strict schema that was sent; null: the answer already has the shape of `output`. */
  readonly decode: ((value: unknown) => unknown) | null
  readonly check: ((context: { readonly row: unknown; readonly output: unknown }) => true | string) | null
  readonly row: unknown
  /** What became of its output tokens, for the words about an answer that says nothing or too little. */
  readonly spent?: SpentTokens | null
  /** Whether one that says nothing is right, as of an empty page. */
  readonly mayBeBlank?: boolean
  /** What to do with NUL and lone surrogates; `reject` when left out. */
  readonly textPolicy?: TextPolicy
}

/** `replaced` counts the characters that the text policy mended. */
export type ReadAnswer =
  | { readonly kind: 'accepted'; readonly output: unknown; readonly replaced: number }
  | {
      readonly kind: 'invalid' | 'truncated'
      readonly reason: string
      /** The answer is right as it is, and the schema takes none like it: asking again would buy the same. */
      readonly isFinal?: true
    }

/**
 * The judgement of an answer's text: whether it is whole, fits the job's schema and passes its check. Returns at once,
 * and a promise only where the schema validates asynchronously; never throws or rejects, whatever the model wrote.
 */
export function readAnswer(answer: AnswerToRead): ReadAnswer | Promise<ReadAnswer> {
  if (answer.cut) return { kind: 'truncated', reason: cutReason(answer.spent ?? null) }
  if (answer.text.length > maxAnswerCharacters)
    return invalid(`longer than ${maxAnswerCharacters} characters`)
  if (answer.text.trim() === '' && answer.mayBeBlank !== true)
    return invalid(emptyReason(answer.spent ?? null))
  try {
    return answer.output === null ? readText(answer) : readJson(answer, answer.output)
  } catch (thrown) {
    return invalid(`the schema threw${threwWords(thrown)}`)
  }
}

function readText(answer: AnswerToRead): ReadAnswer {
  const { value, replaced, problem } = applyTextPolicy(answer.text, answer.textPolicy ?? 'reject')
  return problem === null ? checkOutput(answer, value, replaced) : invalid(`the answer ${problem}`)
}

function readJson(answer: AnswerToRead, output: StandardSchema): ReadAnswer | Promise<ReadAnswer> {
  const parsed = parse(answer.text)
  if (parsed.problem !== null) return invalid(parsed.problem)
  const { value, replaced, problem } = applyTextPolicy(parsed.value, answer.textPolicy ?? 'reject')
  if (problem !== null) return invalid(problem)
  const decoded = decodedBy(answer.decode, value)
  if (decoded.problem !== null) return invalid(decoded.problem)
  const large = parsed.hasLarge ? decoded.value : null
  const result = validateKeepingNames(output, decoded.value)
  if (!isPromise(result)) return validated(answer, result, replaced, large)
  return Promise.resolve(result)
    .then((settled) => validated(answer, settled, replaced, large))
    .catch((thrown: unknown) => invalid(`the schema threw${threwWords(thrown)}`))
}

/** Validators may bring promises of their own; one taken for a result would pass as an accepted nothing. */
function isPromise<Value extends object>(result: Value | Promise<Value>): result is Promise<Value> {
  return typeof Reflect.get(result, 'then') === 'function'
}

type Parsed =
  | { readonly value: unknown; readonly hasLarge: boolean; readonly problem: null }
  | { readonly value: null; readonly problem: string }

/** `hasLarge`: numbers are among its values that are text, because a number would not hold them. */
function parse(text: string): Parsed {
  try {
    const json = withoutFence(text)
    const plain = parseJson(json)
    const repeated = repeatedName(json, plain)
    if (repeated !== null)
      return {
        value: null,
        problem: `${repeated}: is there twice, and nothing says which of the two is meant`,
      }
    const value = withExactNumbers(plain, json)
    return { value, hasLarge: value !== plain, problem: null }
  } catch (thrown) {
    return { value: null, problem: `no JSON: ${messageOf(thrown)}` }
  }
}

function decodedBy(
  decode: AnswerToRead['decode'],
  value: unknown,
): { readonly value: unknown; readonly problem: string | null } {
  try {
    return { value: decode === null ? value : decode(value), problem: null }
  } catch (thrown) {
    if (thrown instanceof RepeatedKey) return { value: null, problem: thrown.message }
    throw thrown
  }
}

/** The text inside one code fence around the whole answer, which models put there against all instructions. */
function withoutFence(text: string): string {
  const trimmed = text.trim()
  if (!trimmed.startsWith('```') || !trimmed.endsWith('```')) return trimmed
  const firstLine = trimmed.indexOf('\n')
  return firstLine === -1 ? trimmed.slice(3, -3) : trimmed.slice(firstLine + 1, -3)
}

/** `large` is what was validated, where numbers in it are text. */
function validated(
  answer: AnswerToRead,
  result: StandardResult<unknown>,
  replaced: number,
  large: unknown,
): ReadAnswer {
  if (result.issues === undefined) return checkOutput(answer, result.value, replaced)
  const { issues } = result
  const found = large === null ? null : largeNumberIn(large, issues)
  if (found === null) return invalid(issuesText(issues))
  return { ...invalid(`${issuesText(issues)}. ${largeNumberWords(found)}`), isFinal: true }
}

/** The judgement of the job's own check on an output that fits its schema. Never throws. */
export function checkOutput(
  answer: Pick<AnswerToRead, 'check' | 'row'>,
  output: unknown,
  replaced: number,
): ReadAnswer {
  if (answer.check === null) return { kind: 'accepted', output, replaced }
  let verdict: unknown
  try {
    verdict = answer.check({ row: answer.row, output })
  } catch (thrown) {
    return invalid(`the check threw${threwWords(thrown)}`)
  }
  if (verdict === true) return { kind: 'accepted', output, replaced }
  return invalid(typeof verdict === 'string' ? verdict : 'the check gave neither true nor a reason')
}

function invalid(reason: string): Extract<ReadAnswer, { kind: 'invalid' | 'truncated' }> {
  return { kind: 'invalid', reason: oneLine(reason) }
}

/** Reasons quote what models wrote: without control characters they can do nothing to a terminal or a database. */
function oneLine(reason: string): string {
  const line = reason
    .slice(0, maxReasonCharacters * 4)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
  const short = line.length > maxReasonCharacters ? `${line.slice(0, maxReasonCharacters - 1)}…` : line
  return short.toWellFormed()
}

/**
 * The judgement of the answer to an embedding: whether it is a vector of the right length that passes the job's check.
 */
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
