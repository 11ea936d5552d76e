#compdef bento
# zsh completion of bento: eval "$(bento completion zsh)"
_bento() {
  local line has_files
  local -a values
  for line in "${(@f)$(${words[1]} completion zsh -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      '') ;;
      :files) has_files=1 ;;
      *) values+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
    esac
  done
  (( $#values )) && _describe -V bento values
  [[ -n $has_files ]] && _files
}
compdef _bento bento
