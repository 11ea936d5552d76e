import type { Command } from './define-command.ts'

/** A noun that holds commands, or a command that is imported when it is named. */
export type Node = GroupNode | CommandNode

export interface GroupNode {
  readonly summary: string
  readonly children: ReadonlyMap<string, Node>
}

export interface CommandNode {
  readonly load: () => Promise<Command>
}

const models: Node = {
  summary: 'Work with the models in the local store',
  children: new Map<string, Node>([
    [
      'import',
      { load: () => import('./models/import.ts').then((file) => file.modelsImportCommand) },
    ],
    ['list', { load: () => import('./models/list.ts').then((file) => file.modelsListCommand) }],
    ['get', { load: () => import('./models/get.ts').then((file) => file.modelsGetCommand) }],
    [
      'delete',
      { load: () => import('./models/delete.ts').then((file) => file.modelsDeleteCommand) },
    ],
    ['types', { load: () => import('./models/types.ts').then((file) => file.modelsTypesCommand) }],
    ['prune', { load: () => import('./models/prune.ts').then((file) => file.modelsPruneCommand) }],
    [
      'export',
      { load: () => import('./models/export.ts').then((file) => file.modelsExportCommand) },
    ],
    ['push', { load: () => import('./models/push.ts').then((file) => file.modelsPushCommand) }],
    ['pull', { load: () => import('./models/pull.ts').then((file) => file.modelsPullCommand) }],
  ]),
}

const deployment: Node = {
  summary: 'Work with what is deployed',
  children: new Map<string, Node>([
    [
      'list',
      { load: () => import('./deployment/list.ts').then((file) => file.deploymentListCommand) },
    ],
    [
      'get',
      { load: () => import('./deployment/get.ts').then((file) => file.deploymentGetCommand) },
    ],
    [
      'logs',
      { load: () => import('./deployment/logs.ts').then((file) => file.deploymentLogsCommand) },
    ],
    [
      'rollback',
      {
        load: () =>
          import('./deployment/rollback.ts').then((file) => file.deploymentRollbackCommand),
      },
    ],
    [
      'delete',
      { load: () => import('./deployment/delete.ts').then((file) => file.deploymentDeleteCommand) },
    ],
  ]),
}

const cloud: Node = {
  summary: 'Log in to BentoCloud (not verified against the real cloud)',
  children: new Map<string, Node>([
    ['login', { load: () => import('./cloud/login.ts').then((file) => file.cloudLoginCommand) }],
    [
      'current-context',
      {
        load: () =>
          import('./cloud/current-context.ts').then((file) => file.cloudCurrentContextCommand),
      },
    ],
    [
      'list-context',
      {
        load: () => import('./cloud/list-context.ts').then((file) => file.cloudListContextCommand),
      },
    ],
    [
      'update-current-context',
      {
        load: () =>
          import('./cloud/update-current-context.ts').then(
            (file) => file.cloudUpdateCurrentContextCommand,
          ),
      },
    ],
  ]),
}

const secret: Node = {
  summary: 'Work with the secrets of BentoCloud (not verified against the real cloud)',
  children: new Map<string, Node>([
    ['list', { load: () => import('./secret/list.ts').then((file) => file.secretListCommand) }],
    [
      'create',
      { load: () => import('./secret/create.ts').then((file) => file.secretCreateCommand) },
    ],
    ['apply', { load: () => import('./secret/apply.ts').then((file) => file.secretApplyCommand) }],
    [
      'delete',
      { load: () => import('./secret/delete.ts').then((file) => file.secretDeleteCommand) },
    ],
  ]),
}

/** Every command, in the order of `bento --help`. One line for each. */
export const root: Node = {
  summary: 'Serve, build and ship trained models',
  children: new Map<string, Node>([
    ['init', { load: () => import('./init.ts').then((file) => file.initCommand) }],
    ['serve', { load: () => import('./serve.ts').then((file) => file.serveCommand) }],
    ['build', { load: () => import('./build.ts').then((file) => file.buildCommand) }],
    [
      'containerize',
      { load: () => import('./containerize.ts').then((file) => file.containerizeCommand) },
    ],
    ['list', { load: () => import('./list.ts').then((file) => file.listCommand) }],
    ['get', { load: () => import('./get.ts').then((file) => file.getCommand) }],
    ['delete', { load: () => import('./delete.ts').then((file) => file.deleteCommand) }],
    ['export', { load: () => import('./export.ts').then((file) => file.exportCommand) }],
    ['import', { load: () => import('./import.ts').then((file) => file.importCommand) }],
    ['push', { load: () => import('./push.ts').then((file) => file.pushCommand) }],
    ['pull', { load: () => import('./pull.ts').then((file) => file.pullCommand) }],
    ['models', models],
    ['deploy', { load: () => import('./deploy.ts').then((file) => file.deployCommand) }],
    ['deployment', deployment],
    ['cloud', cloud],
    ['secret', secret],
    ['bench', { load: () => import('./bench.ts').then((file) => file.benchCommand) }],
    ['tune', { load: () => import('./tune.ts').then((file) => file.tuneCommand) }],
    ['verify', { load: () => import('./verify.ts').then((file) => file.verifyCommand) }],
    ['doctor', { load: () => import('./doctor.ts').then((file) => file.doctorCommand) }],
    [
      'completion',
      { load: () => import('./completion.ts').then((file) => file.completionCommand) },
    ],
    ['client', { load: () => import('./client.ts').then((file) => file.clientCommand) }],
    ['env', { load: () => import('./env.ts').then((file) => file.envCommand) }],
  ]),
}
