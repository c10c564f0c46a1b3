import { expect, test } from 'vitest'
import { curlOf } from './curl-of.ts'

test('a request is one command, and what hides in it is escaped', () => {
  const curl = curlOf(
    { model: 'm', messages: [{ role: 'user', content: "it's \u202efdp.exe\nJSON" }] },
    'openai',
  )
  expect(curl).toBe(
    [
      'curl "${OPENAI_BASE_URL:-https://api.openai.com/v1}/chat/completions" \\',
      "  -H 'content-type: application/json' \\",
      '  -H "authorization: Bearer $OPENAI_API_KEY" \\',
      "  --data-binary @- <<'JSON'",
      `{"model":"m","messages":[{"role":"user","content":"it's \\u202efdp.exe\\nJSON"}]}`,
      'JSON',
    ].join('\n'),
  )
})

test('its path is that of what is asked', () => {
  expect(curlOf({ model: 'm', input: 'x' }, 'azure')).toContain('/openai/v1/embeddings"')
  expect(curlOf({ model: 'm', input: 'x', instructions: 'y' }, 'mine')).toContain('"$BASE_URL/responses"')
  expect(curlOf(null, 'openai')).toBeNull()
})
