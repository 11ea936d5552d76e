/** What is to be served, as data: it goes to another process, or to another realm of this one. */
export interface TargetInput {
  readonly target: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface TargetOptions {
  /** Folder to look for the target in. Default: where the tests run. */
  readonly cwd?: string
  /** On top of this process's own environment, as `{ BENTO_HOME: folder }`. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Options of the service and its methods, as in `BENTO_CONFIG_OVERRIDES`. */
  readonly config?: Readonly<Record<string, unknown>>
  /** Gets each line of the service's log. Default: nobody does. */
  readonly onLog?: (line: string) => void
}

export function targetInput(
  target: string,
  { cwd = '.', env, config }: TargetOptions,
  own: TargetInput['env'],
): TargetInput {
  const overrides = config && { BENTO_CONFIG_OVERRIDES: JSON.stringify(config) }
  return { target, cwd, env: { ...own, ...env, ...overrides } }
}
