#!/bin/sh
# Runs a command of `darkroom admin` as a Job in the cluster of kubectl's current context, prints its output, exits with
# its exit code, and deletes the Job. Needs only kubectl.
#   knative/admin-job.sh [-n NAMESPACE] COMMAND [ARGUMENT...]      knative/admin-job.sh --help
# The Job is created from the CronJob darkroom-admin, which every installation has. To apply it before everything else:
#   kubectl apply -k . -l 'app.kubernetes.io/name in (darkroom-admin, darkroom-photos)'
set -eu

kube() {
  kubectl ${namespace:+-n "$namespace"} "$@"
}

# The arguments as a JSON array.
to_json() {
  list=
  for word in "$@"; do
    case $word in
    *[[:cntrl:]]*)
      echo 'admin-job.sh: an argument must not contain line breaks or control characters' >&2
      exit 2
      ;;
    esac
    list="$list,\"$(printf '%s' "$word" | sed 's/[\\"]/\\&/g')\""
  done
  printf '["--target=admin","--"%s]' "$list"
}

namespace=${DARKROOM_NAMESPACE:-}
if [ "${1:-}" = -n ]; then
  namespace=${2:?NAMESPACE is missing}
  shift 2
fi

args=$(to_json "$@")
job=darkroom-admin-$(date +%s)-$$
trap 'kube delete job "$job" --ignore-not-found --wait=false >/dev/null' EXIT
trap 'exit 130' INT TERM

manifest=$(kube create job "$job" --from=cronjob/darkroom-admin --dry-run=client -o json)
printf '%s' "$manifest" |
  kubectl patch --local -f - -o json --type=json -p "[
    {\"op\": \"remove\", \"path\": \"/metadata/ownerReferences\"},
    {\"op\": \"replace\", \"path\": \"/spec/template/spec/containers/0/args\", \"value\": $args}]" |
  kube create -f - >/dev/null

# A field of the status of the Job's one container; empty if there is none.
status() {
  kube get pods -l "job-name=$job" -o "jsonpath={.items[*].status.containerStatuses[0].$1}"
}

waited=0
until [ -n "$(status state.running)$(status state.terminated)" ]; do
  reason=$(status state.waiting.reason)
  case $reason in
  ErrImage* | ImagePull* | InvalidImageName | CreateContainer*Error) waited=300 ;;
  esac
  if [ "$waited" -ge 300 ]; then
    echo "admin-job.sh: the Job does not start: ${reason:-no pod could be made}" >&2
    kube get events --field-selector "involvedObject.name=$job" >&2
    exit 1
  fi
  sleep 1
  waited=$((waited + 1))
done

kube logs --follow "job/$job"
# The log ends shortly before the cluster has the exit code.
until [ -n "$(status state.terminated)" ]; do sleep 1; done
exit "$(status state.terminated.exitCode)"
