import type { Profile } from '../ids.ts'
import { maxBatchFileBytes } from '../../../core/http/upload.ts'
import { asJson } from '../../../core/json.ts'
import { type Model, findModel, knownModels } from '../models.ts'
import { deepinfra } from './deepinfra.ts'
import { groq } from './groq.ts'
import { type Service, oneDay } from './service.ts'
import { together } from './together.ts'

const openai: Service = {
  ...oneDay,
  purpose: 'batch',
  maxFileBytes: maxBatchFileBytes,
  /** OpenAI guide, Batch API. */
  maxLines: 50_000,
  /** The endpoints that this emulator executes; the real list is longer (OpenAI document, createBatch). */
  endpoints: ['/v1/responses', '/v1/chat/completions', '/v1/embeddings'],
  usualWindow: null,
  linesNameEndpoint: true,
  models: knownModels,
}

const azure: Service = {
  ...openai,
  /** Azure guide, Global Batch limits. */
  maxLines: 100_000,
  /** Azure takes both spellings and has no embeddings in batch (Azure guide, Global Batch). */
  endpoints: ['/chat/completions', '/v1/chat/completions', '/responses', '/v1/responses'],
}

/** A server of one's own behind OpenAI's files and batches; which models it has is its own affair. */
const upstream: Service = { ...openai, models: [] }

const services: Readonly<Record<Profile, Service>> = { openai, azure, groq, together, deepinfra, upstream }

export function serviceOf(profile: Profile): Service {
  return services[profile]
}

/** Exact name; at OpenAI also a dated snapshot of it. */
export function modelAt(profile: Profile, name: string): Model | undefined {
  if (profile === 'openai') return findModel(name)
  return services[profile].models.find((model) => model.name === name)
}

/** An answer as a service writes it. */
export function answerOf(profile: Profile, body: object, tier: 'batch' | 'realtime'): object {
  const { answer } = services[profile]
  const copy = answer ? asJson(body) : null
  return answer && copy !== null && 'choices' in copy ? answer(copy, tier) : body
}
