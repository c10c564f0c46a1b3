/** One of several accounts that answer for a model, by what is its own. */
export interface ModelAccount {
  /** As lists and quotas name it. */
  readonly name: string
  /** Names of the environment in the place of those that its service reads; null: it reads none there. */
  readonly env: Readonly<Record<string, string | null>>
  readonly baseUrl?: string
  readonly apiKeyEnv?: string
  /** In the place of the model's own, by the service's names. */
  readonly options?: Readonly<Record<string, string>>
}
