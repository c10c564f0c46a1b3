import type { Profile } from '../ids.ts'
import { isObject, parseJson } from '../../../core/json.ts'
import { isBlank, readLines } from '../../../core/batch/lines.ts'
import { promptTokens } from '../../../families/chat/prompt.ts'
import type { BatchError } from '../../../core/records.ts'
import { type State, enqueuedLimit, enqueuedTokens } from '../../../core/state.ts'

export interface Counted {
  readonly model: string
  readonly tokens: number
}

/** Model and number of prompt tokens of an input file, without judging its lines. */
export async function countFile(state: State, path: string): Promise<Counted> {
  let model = ''
  let tokens = 0
  for await (const lines of readLines(path)) {
    for (const line of lines) {
      const value = isBlank(line) ? undefined : parseJson(line.text)
      const body = isObject(value) ? value['body'] : undefined
      if (!isObject(body)) continue
      if (model === '' && typeof body['model'] === 'string') model = body['model']
      tokens += promptTokens(body)
    }
    if (state.stop.aborted) break
  }
  return { model, tokens }
}

/** The refusal of a batch that does not fit beside what is enqueued already, or `null`. */
export function tokenLimitError(
  state: State,
  profile: Profile,
  model: string,
  tokens: number,
  forced: boolean,
): BatchError | null {
  const limit = enqueuedLimit(state, model)
  if (!forced && enqueuedTokens(state, model) + tokens <= limit) return null
  const shown = Number.isFinite(limit) ? limit : tokens
  const message =
    profile === 'azure'
      ? `The number of enqueued tokens has surpassed the configured limit of ${compact(shown)} for the deployment '${model}'. Please wait for in-progress batches to finish and try again.`
      : `Enqueued token limit reached for ${model} in organization org-offpeak-emulator. Limit: ${shown.toLocaleString('en-US')} enqueued tokens. Please try again once some in_progress batches have been completed.`
  return { code: 'token_limit_exceeded', message, param: null, line: null }
}

function compact(tokens: number): string {
  return tokens >= 1000 ? `${Math.round(tokens / 1000)}K` : String(tokens)
}
