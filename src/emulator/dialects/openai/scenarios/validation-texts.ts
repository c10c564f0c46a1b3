import type { BatchError } from '../../../core/records.ts'

interface Text {
  readonly message: string
  readonly param: string | null
}

/**
 * What is said under a code when a file is refused: OpenAI's words as observed (openai-python#2084, llama-stack's
 * recorded expectations), and the codes of the Azure guide, Global Batch, "Batch error codes".
 */
const errorTexts: Readonly<Record<string, Text>> = {
  invalid_json_line: { message: 'This line is not parseable as valid JSON.', param: null },
  token_limit_exceeded: {
    message:
      'The number of enqueued tokens has surpassed the configured limit for the deployment. Please wait for in-progress batches to finish and try again.',
    param: null,
  },
  model_not_found: {
    message:
      "The model or deployment that the input file names in 'model' is not supported by the Batch API.",
    param: 'body.model',
  },
  model_mismatch: {
    message: 'The deployment of this request does not match the rest of the file.',
    param: 'body.model',
  },
  url_mismatch: {
    message: 'The URL provided for this request does not match the batch endpoint.',
    param: 'url',
  },
  duplicate_custom_id: {
    message: 'The custom_id for this request is a duplicate of another request.',
    param: 'custom_id',
  },
  empty_file: { message: 'The input file is empty.', param: null },
  too_many_tasks: { message: 'The number of requests in the file exceeds the limit.', param: null },
  invalid_request: { message: 'The request is not valid.', param: null },
  input_modified: { message: 'The input file was changed while the batch ran.', param: null },
  input_no_permissions: {
    message: 'The input file cannot be read with the identity of this resource.',
    param: null,
  },
  billing_hard_limit_reached: { message: 'Billing hard limit has been reached.', param: null },
  server_error: { message: 'The batch could not be carried out. Please try again.', param: null },
}

/** Codes that concern the file as a whole name no line. */
const wholeFileCodes: ReadonlySet<string> = new Set([
  'token_limit_exceeded',
  'empty_file',
  'too_many_tasks',
  'input_modified',
  'input_no_permissions',
  'billing_hard_limit_reached',
  'server_error',
])

export const validationCodes: readonly string[] = Object.keys(errorTexts)

/** The error of a batch that is refused under a code, in words that belong to it. */
export function validationError(
  code: string,
  given: { readonly message?: string; readonly param?: string; readonly line?: number } = {},
): BatchError {
  const text = errorTexts[code] ?? errorTexts['invalid_request']
  return {
    code,
    message: given.message ?? text?.message ?? code,
    param: given.param ?? text?.param ?? null,
    line: given.line ?? (wholeFileCodes.has(code) ? null : 1),
  }
}
