import { asObjects, asText } from '../http/fields.ts'

/** A text, or the parts of one, which compatible servers send in a chat completion too. */
export function contentOf(content: unknown): string {
  return asText(content) ?? (asObjects(content) ?? []).map((part) => asText(part['text']) ?? '').join('')
}

/** Why an answer without words is none, in either endpoint. */
export const calledTool = 'the model called a tool instead of answering'

/** Whether a text says nothing. Told of short ones only: to look through every answer would cost more than all else. */
export function isBlank(text: string): boolean {
  return text.length < longestBlank && text.trim() === ''
}

const longestBlank = 64
