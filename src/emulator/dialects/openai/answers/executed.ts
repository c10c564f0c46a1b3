import type { Executed } from '../../../core/batch/executed.ts'
import type { ErrorFields } from '../../../core/errors.ts'
import type { ModelLimits } from '../../../core/scenarios/line-play.ts'
import { openAiError } from '../errors.ts'
import type { Profile } from '../ids.ts'
import type { Model } from '../models.ts'

/** The context of an execution, beside the body. */
export interface RequestScope {
  readonly profile: Profile
  readonly model: Model
  /** The name that the caller used: at Azure the deployment. */
  readonly requestedModel: string
  /** 40 hex digits that all ids and choices are derived from. */
  readonly digest: string
  readonly createdAtSeconds: number
  /** True while a `[[server_error_once]]` request has not failed yet. */
  readonly failOnce: boolean
  /** Prompt tokens, when they have been counted before. */
  readonly knownTokens?: number | undefined
}

export function refused(status: number, fields: ErrorFields): Executed {
  return { status, body: { error: openAiError(status, fields) }, usage: null }
}

const serverErrorText = 'An error occurred while processing your request. You can retry your request.'

export function serverError(status = 500): Executed {
  return status === 429 ? rateLimited() : refused(status, { message: serverErrorText, code: 'server_error' })
}

export function rateLimited(): Executed {
  return refused(429, {
    message: 'Rate limit reached for requests. Please try again later.',
    type: 'requests',
    code: 'rate_limit_exceeded',
  })
}

/** A refusal of one request under a code, in the words of the service. */
export function lineError(code: string, model: ModelLimits | null): Executed {
  const windowTokens = model?.contextTokens ?? 0
  const fields: Readonly<Record<string, ErrorFields>> = {
    context_length_exceeded: {
      message: `This model's maximum context length is ${windowTokens} tokens. However, your messages resulted in ${windowTokens + 1} tokens. Please reduce the length of the messages.`,
      param: 'messages',
    },
    unsupported_value: {
      message:
        "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.",
      param: 'temperature',
    },
    unsupported_parameter: {
      message:
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      param: 'max_tokens',
    },
    insufficient_quota: {
      message: 'You exceeded your current quota, please check your plan and billing details.',
      type: 'insufficient_quota',
    },
  }
  const { message = 'The request could not be read.', ...rest } = fields[code] ?? {}
  return refused(code === 'insufficient_quota' ? 429 : 400, { message, ...rest, code })
}

/** A prompt that the content filter stops (Azure guide, Content filtering). */
export function contentFiltered(profile: Profile): Executed {
  const fields = {
    message:
      "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.",
    type: 'invalid_request_error',
    param: 'prompt',
    code: 'content_filter',
  }
  if (profile !== 'azure') {
    return refused(400, {
      ...fields,
      message:
        'Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again with a different prompt.',
    })
  }
  const error = {
    ...openAiError(400, fields),
    status: 400,
    innererror: {
      code: 'ResponsibleAIPolicyViolation',
      content_filter_result: { ...safeRatings, violence: { filtered: true, severity: 'high' } },
    },
  }
  return { status: 400, body: { error }, usage: null }
}

/** Azure annotates every choice and every prompt (Azure guide, Content filtering). */
export const safeRatings: Readonly<
  Record<string, { readonly filtered: boolean; readonly severity: string }>
> = {
  hate: { filtered: false, severity: 'safe' },
  self_harm: { filtered: false, severity: 'safe' },
  sexual: { filtered: false, severity: 'safe' },
  violence: { filtered: false, severity: 'safe' },
}
