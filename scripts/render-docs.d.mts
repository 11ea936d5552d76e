export function renderDocs(input: {
  readonly root: unknown
  readonly renderCommandHelp: (name: string, command: never) => string
  readonly bentofileSchema: unknown
}): Promise<Map<string, string>>
