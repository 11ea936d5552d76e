/** Every key of `kubernetes:` that renders something, for tests that want to see all of it. */
export const everything = {
  scaling: {
    min_replicas: 2,
    max_replicas: 6,
    policy: {
      metrics: [
        { type: 'cpu', value: 60 },
        { type: 'memory', value: 80 },
      ],
      scale_up_behavior: 'fast',
      scale_down_behavior: 'stable',
      scale_down_stabilization_window: 120,
    },
  },
  labels: [{ key: 'team', value: 'flowers' }],
  envs: [{ name: 'LOG_LEVEL', value: 'debug' }],
  secrets: [
    'keys',
    { name: 'token', key: 'hf', env: 'HF_TOKEN' },
    { name: 'certs', path: '/etc/certs' },
  ],
  config_overrides: { metrics: { port: 3001 }, traffic: { timeout: 20 } },
  kubernetes: {
    namespace: 'models',
    image_pull_policy: 'IfNotPresent',
    image_pull_secrets: ['registry'],
    service_account: 'iris',
    resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { ephemeral_storage: '2Gi' } },
    gpus: 1,
    service: { type: 'NodePort', node_port: 30_080, annotations: { a: 'b' } },
    ingress: { host: 'iris.example.com', class: 'nginx', tls_secret: 'iris-tls', path: '/iris' },
    gateway: { name: 'public', namespace: 'gateways', section: 'https', hosts: ['*.example.com'] },
    disruption_budget: { max_unavailable: '50%' },
    service_monitor: { interval_seconds: 15, labels: { release: 'prometheus' } },
    network_policy: { from: [{ podSelector: { matchLabels: { app: 'web' } } }] },
    node_selector: { pool: 'gpu' },
    tolerations: [{ key: 'gpu', operator: 'Exists', effect: 'NoSchedule' }],
    annotations: { owner: 'ann' },
    pod_annotations: { seen: 'yes' },
    pod_labels: { tier: 'model' },
  },
}
