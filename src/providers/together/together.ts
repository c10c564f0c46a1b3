import type { Preset } from '../presets/preset.ts'
import { readTogetherJob } from './together-job.ts'

/**
 * Together (together-ai 0.52, Batches and Files; docs.together.ai, Batch inference): another purpose, an upload by a path of its own,
 * lines without method and address, jobs in place of batches, and no metadata: a job is known by its input file.
 */
export const togetherPreset: Preset = {
  name: 'together',
  title: 'Together',
  keys: ['TOGETHER_API_KEY'],
  addressEnv: 'TOGETHER_BASE_URL',
  address: 'https://api.together.ai/v1',
  pathPrefix: '',
  emulatorPath: '/together/v1',
  limits: { maxRequests: 50_000, maxBytes: 99_000_000 },
  recovery: { create: 'once', proof: 'sameInput', fence: false },
  tokenField: 'max_tokens',
  purpose: 'batch-api',
  uploadPath: '/files/upload',
  uploadFields: (filename) => ({ file_name: filename, file_type: 'jsonl' }),
  linesNameEndpoint: false,
  takesMetadata: false,
  readBatch: readTogetherJob,
}
