/** Something that must be installed or set in a cluster. */
export type Need = Installed | Setting;

/** A custom resource, or a Deployment that serves a class of Brokers. */
export type Installed = { what: string; howTo: string } & ({ crd: string } | { deployment: string });

/** A key of a ConfigMap of Knative, with Knative's default if it is not set. */
export interface Setting {
  namespace: 'knative-serving' | 'knative-eventing';
  configMap: string;
  key: string;
  default: string;
  /** The required value, or the required minimum of a number. */
  value: string | number;
  why: string;
  /** What to consider before setting it. */
  warning?: string;
}

const howToServing =
  'install Knative Serving: https://knative.dev/docs/install/yaml-install/serving/install-serving-with-yaml/';
const howToEventing =
  'install Knative Eventing: https://knative.dev/docs/install/yaml-install/eventing/install-eventing-with-yaml/';
const forGood = 'Knative says that a cluster cannot safely go back on this flag once it was used';

const crd = (name: string, howTo: string): Need => ({ what: `kind ${name}`, crd: name, howTo });
const feature = (name: string, isOnByDefault: boolean, why: string): Need => ({
  namespace: 'knative-serving',
  configMap: 'config-features',
  key: `kubernetes.${name}`,
  default: isOnByDefault ? 'enabled' : 'disabled',
  value: 'enabled',
  why,
  ...(isOnByDefault ? {} : { warning: forGood }),
});

/** The implementation of each class of Brokers. */
export const brokerClasses: Readonly<Record<string, Installed>> = {
  MTChannelBasedBroker: {
    what: 'the multi-tenant Broker',
    deployment: 'knative-eventing/mt-broker-controller',
    howTo: `${howToEventing} (mt-channel-broker.yaml and in-memory-channel.yaml)`,
  },
  Kafka: {
    what: 'the Broker for Apache Kafka',
    deployment: 'knative-eventing/kafka-controller',
    howTo: 'install it: https://knative.dev/docs/eventing/brokers/broker-types/kafka-broker/',
  },
  RabbitMQBroker: {
    what: 'the Broker for RabbitMQ',
    deployment: 'knative-eventing/rabbitmq-broker-controller',
    howTo: 'install it: https://knative.dev/docs/eventing/brokers/broker-types/rabbitmq-broker/',
  },
};

/** The needs of the base and of each component. */
export const needs: Readonly<Record<string, readonly Need[]>> = {
  base: [
    crd('services.serving.knative.dev', howToServing),
    crd('brokers.eventing.knative.dev', howToEventing),
    crd('triggers.eventing.knative.dev', howToEventing),
    crd('pingsources.sources.knative.dev', howToEventing),
    crd('sinkbindings.sources.knative.dev', howToEventing),
    feature('podspec-volumes-emptydir', true, 'pods write to /tmp only'),
    {
      namespace: 'knative-serving',
      configMap: 'config-autoscaler',
      key: 'enable-scale-to-zero',
      default: 'true',
      value: 'true',
      why: 'pods should scale to zero while the system is idle',
    },
  ],
  'external-folder': [feature('podspec-persistent-volume-claim', false, 'functions read the photos of a volume')],
  'watch-nfs': [],
  'watch-minio': [],
  minio: [],
  nfs: [
    feature('podspec-persistent-volume-claim', false, 'functions mount the photos'),
    feature('podspec-persistent-volume-write', false, 'the API stores uploads, other functions what they render'),
  ],
  'long-requests': [
    {
      namespace: 'knative-serving',
      configMap: 'config-defaults',
      key: 'max-revision-timeout-seconds',
      default: '600',
      value: 3600,
      why: 'a request to the API may take an hour',
      warning: 'Knative says to raise terminationGracePeriodSeconds of the Deployment activator as well',
    },
  ],
  kafka: [],
  domain: [
    crd('domainmappings.serving.knative.dev', howToServing),
    {
      namespace: 'knative-serving',
      configMap: 'config-network',
      key: 'autocreate-cluster-domain-claims',
      default: 'false',
      value: 'true',
      why: 'a DomainMapping needs a ClusterDomainClaim for its name',
      warning: 'or make a ClusterDomainClaim for each name yourself, where many share the cluster',
    },
  ],
  'always-warm': [],
};
