#!/bin/sh
# Runs a command of `darkroom admin` as a Job in the cluster of kubectl's current context, prints what it says, ends with
# its exit code, and deletes the Job. Needs kubectl alone.
#   knative/admin-job.sh [-n NAMESPACE] COMMAND [ARGUMENT...]      knative/admin-job.sh --help
# The Job is made of the CronJob darkroom-admin, which every installation has. Before anything else is installed:
#   kubectl apply -k . -l 'app.kubernetes.io/name in (darkroom-admin, darkroom-photos)'
set -eu

kube() {
  kubectl ${namespace:+-n "$namespace"} "$@"
}

# The words of a command line as a list in JSON.
to_json() {
  list=
  for word in "$@"; do
    case $word in
    *[[:cntrl:]]*)
      echo 'admin-job.sh: an argument may be one line only' >&2
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

# What is known of the one container of the Job's pod: a field of its status, or nothing.
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
# The log ends a moment before the cluster knows how the container ended.
until [ -n "$(status state.terminated)" ]; do sleep 1; done
exit "$(status state.terminated.exitCode)"
