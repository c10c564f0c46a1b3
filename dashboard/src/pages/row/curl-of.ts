/** Where and how a provider is asked; what only the environment knows has the names that Offpeak reads. */
const places: Readonly<Record<string, { readonly base: string; readonly key: string }>> = {
  openai: {
    base: '${OPENAI_BASE_URL:-https://api.openai.com/v1}',
    key: 'authorization: Bearer $OPENAI_API_KEY',
  },
  azure: { base: '${AZURE_OPENAI_ENDPOINT%/}/openai/v1', key: 'api-key: $AZURE_OPENAI_API_KEY' },
}

const elsewhere = { base: '$BASE_URL', key: 'authorization: Bearer $API_KEY' }

/** The request of a record for a shell; null for a body that is none. */
export function curlOf(request: unknown, provider: string): string | null {
  if (typeof request !== 'object' || request === null) return null
  const { base, key } = places[provider] ?? elsewhere
  return [
    `curl "${base}${pathOf(request)}" \\`,
    "  -H 'content-type: application/json' \\",
    `  -H "${key}" \\`,
    "  --data-binary @- <<'JSON'",
    asciiJson(request),
    'JSON',
  ].join('\n')
}

function pathOf(request: object): string {
  if ('messages' in request) return '/chat/completions'
  return 'instructions' in request || 'text' in request || 'max_output_tokens' in request
    ? '/responses'
    : '/embeddings'
}

/** JSON in which nothing hides and no terminal is written to: what is not plain ASCII is escaped. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
