import { type Model, modelOf } from '../models.ts'

/** What a model costs in a batch: this share of its price in real time. */
const half = 0.5
const fourFifths = 0.8
const whole = 1

const context = 131_072
const output = 32_768

const chat = (name: string, inputUsd: number, outputUsd: number, batchShare: number): Model =>
  modelOf({
    name,
    kind: 'chat',
    inputUsd,
    outputUsd,
    batchShare,
    contextTokens: context,
    maxOutputTokens: output,
  })

const embedding = (name: string, inputUsd: number, batchShare: number): Model =>
  modelOf({
    name,
    kind: 'embedding',
    inputUsd,
    outputUsd: 0,
    batchShare,
    contextTokens: 8192,
    maxOutputTokens: 0,
  })

/** Models of Groq, with prices as third parties quoted its page in 2026; half of it for the models of its list. */
export const groqModels: readonly Model[] = [
  chat('llama-3.1-8b-instant', 0.05, 0.08, half),
  chat('llama-3.3-70b-versatile', 0.59, 0.79, half),
  chat('openai/gpt-oss-20b', 0.075, 0.3, half),
  chat('openai/gpt-oss-120b', 0.15, 0.6, half),
]

/**
 * Models of Together, with prices from memory. A list of models costs half in a batch, "models not listed run at
 * standard rates" (Together document, Batch inference).
 */
export const togetherModels: readonly Model[] = [
  chat('meta-llama/Llama-3.3-70B-Instruct-Turbo', 0.88, 0.88, half),
  chat('Qwen/Qwen2.5-7B-Instruct-Turbo', 0.3, 0.3, half),
  chat('openai/gpt-oss-20b', 0.05, 0.2, whole),
  chat('openai/gpt-oss-120b', 0.15, 0.6, whole),
]

/**
 * A fifth less in a batch (DeepInfra, 19 June 2026). The price of Llama is that of DeepInfra's page on 5 November 2026 as
 * others noted it, those of gpt-oss are those of LiteLLM's table; that of bge-m3 is from memory.
 */
export const deepinfraModels: readonly Model[] = [
  chat('meta-llama/Llama-3.3-70B-Instruct-Turbo', 0.1, 0.32, fourFifths),
  chat('openai/gpt-oss-120b', 0.05, 0.45, fourFifths),
  embedding('BAAI/bge-m3', 0.01, fourFifths),
]
