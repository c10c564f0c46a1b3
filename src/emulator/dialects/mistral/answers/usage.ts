/** Usage with every field that was recorded in an answer of a batch. */
export function chatUsage(promptTokens: number, completionTokens: number): object {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_audio_seconds: null,
    prompt_token_details: null,
    request_count: 0,
    prompt_tokens_details: { messages: [], cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: null,
    service_tier: null,
  }
}
