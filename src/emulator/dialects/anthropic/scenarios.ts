import { asJson, isObject } from '../../core/json.ts'
import { numberOption } from '../../core/records.ts'
import { type BatchScenario, type ScenarioOption, every } from '../../core/scenarios/definition.ts'
import { isStruck } from '../../core/scenarios/line-play.ts'
import { refused } from '../../families/claude/errors.ts'
import { thinkingBlock } from '../../families/claude/message.ts'

const lateSeconds: ScenarioOption = {
  kind: 'number',
  fallback: 90,
  about: 'provider seconds after it was made',
}

/** Scenarios that Anthropic's batches were seen to play. */
export const anthropicScenarios: readonly BatchScenario[] = [
  {
    // anthropic-sdk-python#1432: 404 on the batch and on its results for a minute or two after success.
    name: 'anthropic-404-after-create',
    concerns: 'batch',
    summary: 'is answered 404 for a while after it was made',
    options: { seconds: lateSeconds },
  },
  {
    // Anthropic document, Batch processing: bodies are looked at when they run.
    name: 'anthropic-late-400',
    concerns: 'batch',
    summary: 'refuses requests when they run: errored with an invalid_request_error, not billed',
    options: { every: every(10) },
    lines: (scenario) => ({
      instead: (line) =>
        isStruck(scenario, line) ? refused(400, 'max_tokens: Input should be a valid integer') : null,
    }),
  },
  {
    // curator#296: thousands of errored lines.
    name: 'anthropic-low-credit',
    concerns: 'batch',
    summary: 'runs out of credit: the requests from then on are errored with an invalid_request_error',
    options: { after: { kind: 'number', fallback: 0, about: 'how many requests run before' } },
    lines: (scenario) => ({
      instead: (line) =>
        line.index < numberOption(scenario, 'after')
          ? null
          : refused(
              400,
              'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
            ),
    }),
  },
  {
    // steadybatch findings, no. 6: thinking is part of max_tokens, and answers came back cut or empty.
    name: 'thinking-eats-limit',
    concerns: 'batch',
    summary: 'spends the whole output limit on thinking: no text, stop_reason max_tokens, billed',
    options: { every: every(1) },
    lines: (scenario) => ({
      ran: (executed, line) => {
        const body = asJson(executed.body)
        if (!isStruck(scenario, line) || body === null || executed.usage === null) return executed
        const outputTokens = Number(line.body['max_tokens'])
        const shown = isObject(body['usage']) ? body['usage'] : {}
        return {
          ...executed,
          usage: { ...executed.usage, outputTokens },
          body: {
            ...body,
            content: [thinkingBlock({ digest: String(line.index) })],
            stop_reason: 'max_tokens',
            usage: {
              ...shown,
              output_tokens: outputTokens,
              output_tokens_details: { thinking_tokens: outputTokens },
            },
          },
        }
      },
    }),
  },
]
