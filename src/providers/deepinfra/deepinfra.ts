import type { Preset } from '../presets/preset.ts'

/**
 * DeepInfra ("Introducing the Batch API", 19 June 2026): OpenAI's, with files of 200 MB and one model in each. That a batch
 * carries metadata is likely and not documented: it is known by its input file.
 */
export const deepinfraPreset: Preset = {
  name: 'deepinfra',
  title: 'DeepInfra',
  // It has no client of its own: these are the names of its documents, and of LiteLLM and LangChain.
  keys: ['DEEPINFRA_API_KEY', 'DEEPINFRA_TOKEN', 'DEEPINFRA_API_TOKEN'],
  addressEnv: 'DEEPINFRA_API_BASE',
  address: 'https://api.deepinfra.com/v1/openai',
  pathPrefix: '',
  emulatorPath: '/deepinfra/v1/openai',
  limits: { maxRequests: 50_000, maxBytes: 199_000_000 },
  recovery: { create: 'once', proof: 'sameInput', fence: false },
  tokenField: 'max_tokens',
}
