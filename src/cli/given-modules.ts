/** The modules that job files import by these names: this very copy of Offpeak. */
export async function givenModules(): Promise<Readonly<Record<string, unknown>>> {
  const [offpeak, postgres, provider] = await Promise.all([
    import('../index.ts'),
    import('../postgres.ts'),
    import('../provider.ts'),
  ])
  return { offpeak, 'offpeak/postgres': postgres, 'offpeak/provider': provider }
}
