import type * as sdk from '@immich/sdk';

type Sdk = typeof sdk;
type Call = (...args: never[]) => Promise<unknown>;

/** The name of one of the 276 operations: every function of the SDK that returns a promise. */
export type OperationId = { [Name in keyof Sdk]: Sdk[Name] extends Call ? Name : never }[keyof Sdk];

/** A type of the SDK as JSON: enums become their strings, so that the SDK is not needed at run time. */
export type Wire<T> = T extends string
  ? `${T}`
  : T extends number
    ? `${T}` extends `${infer Value extends number}`
      ? Value
      : never
    : T extends Blob
      ? Blob
      : T extends object
        ? { [Key in keyof T]: Wire<T[Key]> }
        : T;

type SdkCall<Id extends OperationId> = Extract<Sdk[Id], Call>;
type SdkResponse<Id extends OperationId> = Awaited<ReturnType<SdkCall<Id>>>;

/** The response body of the operation; none where the SDK has `never` or `Blob` (those rows are `raw`). */
export type ResponseOf<Id extends OperationId> = [SdkResponse<Id>] extends [never]
  ? void
  : SdkResponse<Id> extends Blob
    ? void
    : Wire<SdkResponse<Id>>;

/** A function of the SDK without arguments takes only (optional) request options. */
type Arguments<Id extends OperationId> = undefined extends Parameters<SdkCall<Id>>[0]
  ? object
  : Parameters<SdkCall<Id>>[0];

/** The SDK escapes the reserved word `type` as `$type`, and camel-cases the headers that it sends. */
type WireName<Name> = Name extends `$${infer Plain}` ? Plain : Name;
type BodyName = `${string}Dto`;
type HeaderName = `xImmich${string}`;

/** The JSON (or multipart) body of the operation; `never` if it has none. */
export type BodyOf<Id extends OperationId> = {
  [Name in keyof Arguments<Id>]-?: Name extends BodyName ? Wire<Arguments<Id>[Name]> : never;
}[keyof Arguments<Id>];

/** The path and query parameters of the operation, under their names on the wire. */
export type ParametersOf<Id extends OperationId> = {
  [Name in keyof Arguments<Id> as Name extends BodyName | HeaderName ? never : WireName<Name>]: Wire<
    Arguments<Id>[Name]
  >;
};

/** The parameters of the operation without those of its path, and without the shared-link ones that `authenticate` reads. */
export type QueryOf<Id extends OperationId, PathName extends string = never> = Omit<
  ParametersOf<Id>,
  PathName | 'key' | 'slug'
>;

/** One of the permissions that an API key may carry. */
export type Permission = `${sdk.Permission}`;
