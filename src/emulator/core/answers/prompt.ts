/** The texts of a request, without the wrapping of its service. */
export interface Prompt {
  /** The text of all user messages, oldest first. */
  readonly user: string
  readonly system: string
  /** Base64 data of attached files, with or without the head of a data URL. */
  readonly files: readonly string[]
  readonly tokens: number
}
