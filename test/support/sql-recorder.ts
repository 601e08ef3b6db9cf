import {
  PostgresQueryCompiler,
  type KyselyPlugin,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type QueryResult,
  type RootOperationNode,
  type UnknownRow,
} from 'kysely';

/** Notes the SQL of every query that a database with this plugin sends, its transactions' and raw ones too. Comes last of the plugins. */
export class SqlRecorder implements KyselyPlugin {
  readonly #compiler = new PostgresQueryCompiler();
  #statements = new Set<string>();

  transformQuery({ node, queryId }: PluginTransformQueryArgs): RootOperationNode {
    this.#statements.add(this.#compiler.compileQuery(node, queryId).sql);
    return node;
  }

  transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return Promise.resolve(result);
  }

  /** The different statements since the last call, in the order in which they were first sent. */
  take(): string[] {
    const taken = [...this.#statements];
    this.#statements = new Set();
    return taken;
  }
}
