export const nodeFlags: readonly string[]
export const carriesData: ReadonlySet<string>
