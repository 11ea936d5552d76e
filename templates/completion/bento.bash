# bash completion of bento: eval "$(bento completion bash)"
_bento() {
  local line="${COMP_LINE:0:COMP_POINT}" found prefix has_files=
  local -a words
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  local cur="${words[${#words[@]} - 1]}"
  COMPREPLY=()
  while IFS= read -r found; do
    if [[ $found == :files ]]; then has_files=1; else COMPREPLY+=("${found%%$'\t'*}"); fi
  done < <("${words[0]}" completion bash -- "${words[@]:1}" 2>/dev/null)
  if [[ -n $has_files && ${#COMPREPLY[@]} -eq 0 ]]; then
    compopt -o filenames
    while IFS= read -r found; do COMPREPLY+=("$found"); done < <(compgen -f -- "$cur")
  elif [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then
    # To readline the word begins after the last colon.
    prefix="${cur%"${cur##*:}"}"
    COMPREPLY=("${COMPREPLY[@]#"$prefix"}")
  fi
}
complete -F _bento bento
