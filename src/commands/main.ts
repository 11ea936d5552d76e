import type { CommandContext, Session } from './context.ts'
import { flagName } from './define-command.ts'
import { globalFlags, unknownFlag } from './global-flags.ts'
import { renderCommandHelp, renderGroupHelp } from './help.ts'
import { openInterrupts } from './interrupts.ts'
import { Output } from './output.ts'
import { printError } from './print-error.ts'
import { findNode } from './route.ts'
import type { Route } from './route.ts'
import { takeInbox } from './take-inbox.ts'
import { root } from './tree.ts'
import type { CommandNode, GroupNode } from './tree.ts'
import { readVersion } from './version.ts'
import { printsForms, wantsJson } from './wants-json.ts'

/** The command line: runs what `argv` names and returns the exit code. */
export async function main(argv: readonly string[], context: CommandContext): Promise<number> {
  const out = new Output(context)
  out.configure({ json: wantsJson(argv) })
  const interrupts = openInterrupts(context)
  const { cwd, env, stdin } = context
  const session: Session = { cwd, env, stdin, out, onSignal: interrupts.takeOver }
  try {
    return await Promise.race([dispatch(findNode(root, argv), session), interrupts.interrupted])
  } catch (error) {
    out.settle()
    return await printError(error, out)
  } finally {
    out.settle()
    interrupts.close()
  }
}

async function dispatch(route: Route, session: Session): Promise<number> {
  const { node, leading } = route
  if (leading.some((flag) => flag === '--version' || flag === '-v')) return printVersion(session)
  if ('children' in node) return showGroup(route, node, session)
  return runCommand(route, node, session)
}

async function showGroup(route: Route, group: GroupNode, session: Session): Promise<number> {
  const { name, leading } = route
  const help = await renderGroupHelp(name, group)
  if (leading.includes('--help') || leading.includes('-h')) {
    session.out.result(help)
    return 0
  }
  const known = Object.keys(globalFlags).map(flagName)
  const unknown = leading.find((flag) => !isGlobal(flag))
  if (unknown !== undefined) throw unknownFlag(unknown, name, known)
  session.out.error(help)
  return 2
}

function isGlobal(word: string): boolean {
  return Object.entries(globalFlags).some(
    ([key, { short }]) => word === flagName(key) || word === `-${short}`,
  )
}

async function runCommand(route: Route, node: CommandNode, session: Session): Promise<number> {
  const command = await node.load()
  if (!printsForms(command)) session.out.configure({ json: false })
  const { parseArgv } = await import('./parse.ts')
  const parsed = parseArgv(route.name, command, [...route.leading, ...route.rest])
  switch (parsed.type) {
    case 'help':
      session.out.result(renderCommandHelp(route.name, command))
      return 0
    case 'version':
      return printVersion(session)
    case 'run':
      break
  }
  const { quiet, verbose } = parsed
  session.out.configure({ quiet, verbose })
  await takeInbox(session)
  return (await command.run(parsed.input, session)) ?? 0
}

async function printVersion({ out }: Session): Promise<number> {
  out.result(`bento ${await readVersion()}`)
  return 0
}
