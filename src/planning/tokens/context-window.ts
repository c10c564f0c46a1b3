/** Tokens that a model can read and write together, and the part of them that a request keeps for its answer. */
export interface ContextWindow {
  readonly model: string
  readonly contextTokens: number
  /** What the request itself allows its answer; 0 when it leaves that to the model, which then takes what is left. */
  readonly maxTokens: number
}

/** Why a request of so many input tokens does not fit into the window; null when it does. */
export function overContext(
  inputTokens: number,
  { model, contextTokens, maxTokens }: ContextWindow,
): string | null {
  if (inputTokens + maxTokens <= contextTokens) return null
  const answer = maxTokens === 0 ? '' : ` and its answer up to ${format(maxTokens)}`
  return `the prompt is ${format(inputTokens)} tokens${answer}; ${model} takes ${format(contextTokens)}`
}

function format(tokens: number): string {
  return tokens.toLocaleString('en-US')
}
