import { attachedPages } from './attachment.ts'
import { documentOf } from './document.ts'
import { withoutMarkers } from './markers.ts'
import type { Prompt } from './prompt.ts'
import { type Random, between } from '../random.ts'
import { type Reading, readText } from './reading.ts'
import { countTokens, firstTokens } from './tokens.ts'

/** The material of an answer: the subject of the prompt, cut into sentences. */
export interface Subject extends Reading {
  readonly random: Random
  /** The text of each attached page; none where nothing with pages is attached. */
  readonly pages: () => readonly string[]
}

export function readSubject(prompt: Prompt, attached: string, random: Random): Subject {
  const source = attached === '' ? prompt.user : attached
  return { ...readText(documentOf(withoutMarkers(source))), random, pages: () => attachedPages(prompt.files) }
}

const maxPlainSentences = 4

/** An extract of the subject in its own order that stays within `maxTokens` when it can. */
export function plainAnswer(subject: Subject, maxTokens: number): string {
  const wanted = between(2, maxPlainSentences, subject.random)
  return extract(subject, wanted, maxTokens)
}

/** A text of the subject's foremost sentences, at most `maxSentences` and `maxTokens` long. */
export function extract(subject: Subject, maxSentences: number, maxTokens: number): string {
  const chosen = new Set<string>()
  let tokens = 0
  for (const sentence of subject.ranked) {
    if (chosen.size >= maxSentences) break
    const cost = countTokens(sentence) + 1
    if (tokens + cost > maxTokens && chosen.size > 0) continue
    chosen.add(sentence)
    tokens += cost
  }
  const text = subject.sentences.filter((sentence) => chosen.delete(sentence)).join(' ')
  return text === '' ? 'There is nothing to say about an empty text.' : text
}

export interface Bounded {
  readonly text: string
  readonly tokens: number
  readonly cut: boolean
}

/** An answer ends where its token limit ends. */
export function bound(text: string, maxTokens: number): Bounded {
  const tokens = countTokens(text)
  if (tokens <= maxTokens) return { text, tokens: Math.max(1, tokens), cut: false }
  return { text: firstTokens(text, maxTokens), tokens: maxTokens, cut: true }
}
