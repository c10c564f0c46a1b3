import { type Bounded, type Subject, bound, plainAnswer, readSubject } from './answer.ts'
import { attachedText } from './attachment.ts'
import type { Json } from '../json.ts'
import { type Marker, findMarkers } from './markers.ts'
import type { Prompt } from './prompt.ts'
import { seededRandom } from '../random.ts'
import type { AnswerForm } from './answer-form.ts'
import { schemaAnswer } from './schema-answer.ts'
import { countTokens, firstTokens } from './tokens.ts'

/** Why an answer ended. */
export type Ending = 'stop' | 'length' | 'content_filter' | 'refusal'

export interface Composed {
  /** Text of the answer, or of the refusal. */
  readonly text: string
  readonly tokens: number
  readonly ending: Ending
  readonly markers: ReadonlySet<Marker>
}

const refusalText = "I'm sorry, but I can't assist with that request."

/** The answer to a prompt: an extract, or a value of the schema, then what the markers do to it. */
export function compose(prompt: Prompt, form: AnswerForm, maxTokens: number, seed: number): Composed {
  const markers = findMarkers(prompt.user)
  if (markers.has('refusal')) return whole(refusalText, 'refusal', markers)
  const subject = readSubject(prompt, attachedText(prompt.files), seededRandom(seed))
  const text = spoil(write(subject, form, maxTokens, markers), form, markers)
  if (markers.has('length')) return cutShort(text, maxTokens, markers)
  const bounded: Bounded = bound(text, maxTokens)
  if (markers.has('finish_content_filter'))
    return { ...cutShort(bounded.text, maxTokens, markers), ending: 'content_filter' }
  return { text: bounded.text, tokens: bounded.tokens, ending: bounded.cut ? 'length' : 'stop', markers }
}

function whole(text: string, ending: Ending, markers: ReadonlySet<Marker>): Composed {
  return { text, tokens: countTokens(text), ending, markers }
}

/** Cut in the middle, as when the limit is reached. */
function cutShort(text: string, limit: number, markers: ReadonlySet<Marker>): Composed {
  const tokens = Math.max(1, Math.min(limit, Math.floor(countTokens(text) / 2)))
  return { text: firstTokens(text, tokens), tokens, ending: 'length', markers }
}

const plainTokens = 400

function write(subject: Subject, form: AnswerForm, limit: number, markers: ReadonlySet<Marker>): string {
  if (markers.has('empty')) return ''
  if (form.kind === 'text') return plainAnswer(subject, Math.min(limit, plainTokens))
  if (markers.has('non_object')) return '"just a string"'
  if (markers.has('wrong_schema')) return JSON.stringify({ unexpected: true, note: subject.ranked[0] ?? '' })
  const value: Json = form.kind === 'schema' ? schemaAnswer(form.schema, subject) : freeObject(subject)
  return JSON.stringify(value)
}

/** JSON mode gives no schema to follow. */
function freeObject(subject: Subject): Json {
  return { answer: plainAnswer(subject, plainTokens) }
}

function spoil(text: string, form: AnswerForm, markers: ReadonlySet<Marker>): string {
  if (markers.has('invalid_json')) return text.slice(0, Math.ceil(text.length * 0.7))
  const odd = markers.has('nul') ? '\u0000' : markers.has('lone_surrogate') ? '\uD800' : ''
  if (odd === '') return text
  // Inside JSON the odd character has to be escaped to stay valid JSON, and inside a string value.
  if (form.kind === 'text') return `${text.slice(0, 5)}${odd}${text.slice(5)}`
  const escaped = odd === '\u0000' ? String.raw`\u0000` : String.raw`\ud800`
  return text.replace(/:"([^"\\]*)"/, (_match, value: string) => `:"${value}${escaped}"`)
}
