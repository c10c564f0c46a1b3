import { shellWord } from '../../../../src/wording/shell-word.ts'
import type { Operation } from './api-document.ts'
import type { Part } from './json-parts.ts'
import { exampleOf } from './schema-words.ts'

/** A call of a route for a shell: with the key from the environment, and names in capitals for what is to be filled in. */
export function curlLine(
  { method, path, scope, spends, parameters, body, answers }: Operation,
  schemas: Part,
  origin: string,
): string {
  // In capitals, as curl takes braces for a list.
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => name.toUpperCase())
  const query = parameters
    .filter(({ place, required }) => place === 'query' && required)
    .map(({ name, schema }) => `${name}=${encodeURIComponent(String(exampleOf(schema, schemas)))}`)
  const streams = answers.some(({ content }) => content?.media === 'text/event-stream')
  return [
    'curl',
    ...(streams ? ['-N'] : []),
    ...(method === 'GET' ? [] : ['-X', method]),
    shellWord(`${origin}${filled}${query.length === 0 ? '' : `?${query.join('&')}`}`),
    ...(scope === null ? [] : ['-H "X-API-Key: $OFFPEAK_API_KEY"']),
    ...(spends ? ['-H "Idempotency-Key: $(uuidgen)"'] : []),
    ...(body === null
      ? []
      : [
          "-H 'content-type: application/json'",
          '-d',
          shellWord(JSON.stringify(exampleOf(body.schema, schemas))),
        ]),
  ].join(' ')
}
