import type { Preset } from '../presets/preset.ts'

/**
 * Groq (groq-sdk 1.6, Batches and Files; console.groq.com, Batch API). A file has up to 100 MB by the client and 200 by the guide: the
 * smaller holds. Metadata is untyped, and whether it comes back was not to be seen: a batch is known by its input file.
 */
export const groqPreset: Preset = {
  name: 'groq',
  title: 'Groq',
  keys: ['GROQ_API_KEY'],
  addressEnv: 'GROQ_BASE_URL',
  address: 'https://api.groq.com',
  // Its own client takes the host for its address, and adds this.
  pathPrefix: '/openai/v1',
  emulatorPath: '/groq',
  limits: { maxRequests: 50_000, maxBytes: 99_000_000 },
  recovery: { create: 'once', proof: 'sameInput', fence: false },
  tokenField: 'max_completion_tokens',
}
