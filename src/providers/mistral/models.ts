import { OffpeakError } from '../../domain/errors.ts'
import type { ChatModel, EmbeddingModel, OcrModel } from '../../ports/model.ts'
import { modelOf } from '../definition.ts'
import type { GivenAccount } from '../accounts.ts'
import type { Accounts } from '../models.ts'
import { requireModelOptions } from '../model-options.ts'
import { mistralDefinition } from './definition.ts'
import { isOcrModel } from './ocr.ts'
import { chatEndpoint, embeddingsEndpoint, ocrEndpoint } from './wire.ts'

/** One of several keys of Mistral, each with a quota of its own. */
export interface MistralAccount extends GivenAccount {
  /** The environment variable that holds its key. */
  readonly apiKeyEnv: string
  /** That of the model when left out. */
  readonly baseUrl?: string
}

/** Options of `mistral`. */
export interface MistralModelOptions extends Accounts<MistralAccount> {
  /** Where a gateway stands before the service, without a path version. */
  readonly baseUrl?: string
}

/**
 * A model of Mistral by its id, as in `mistral('mistral-small-latest')`, `mistral.embedding('mistral-embed')` and
 * `mistral.ocr('mistral-ocr-latest')`, which reads documents and is paid by pages. Throws E_JOB_INVALID for an empty id,
 * for one that is no model for OCR, and for accounts that are none.
 */
export const mistral = Object.assign(
  (model: string, options: MistralModelOptions = {}): ChatModel =>
    modelOf(mistralDefinition, 'chat', {
      model: named(model, 'mistral()'),
      endpoint: chatEndpoint,
      ...checked(options, 'mistral()'),
    }),
  {
    embedding: (model: string, options: MistralModelOptions = {}): EmbeddingModel =>
      modelOf(mistralDefinition, 'embedding', {
        model: named(model, 'mistral.embedding()'),
        endpoint: embeddingsEndpoint,
        ...checked(options, 'mistral.embedding()'),
      }),
    ocr: (model: string, options: MistralModelOptions = {}): OcrModel =>
      modelOf(mistralDefinition, 'ocr', {
        model: ocrNamed(model),
        endpoint: ocrEndpoint,
        ...checked(options, 'mistral.ocr()'),
      }),
  },
)

function checked(options: MistralModelOptions, where: string): MistralModelOptions {
  requireModelOptions(where, options, ['baseUrl', 'accounts'])
  return options
}

/** What a model costs by pages is known by its name. */
function ocrNamed(model: string): string {
  const name = named(model, 'mistral.ocr()')
  if (isOcrModel(name)) return name
  throw new OffpeakError('E_JOB_INVALID', `${name} is no model for OCR by its name`, {
    where: 'mistral.ocr()',
    fix: "name one, as in mistral.ocr('mistral-ocr-latest'); mistral('mistral-small-latest') answers prompts, also about PDFs",
  })
}

function named(model: string, where: string): string {
  const name = model.trim()
  if (name !== '') return name
  throw new OffpeakError('E_JOB_INVALID', 'the name of the model is empty', {
    where,
    fix: "name the model, as in mistral('mistral-small-latest')",
  })
}
