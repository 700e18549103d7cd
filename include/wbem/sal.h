// Source annotations of the Microsoft compiler, accepted and dropped.
//
// The old lower-case set (__in, __out, __inout) is a trap on Linux: libstdc++ uses those very names for its own
// variables, so that a macro breaks <algorithm> when that is included later. It is therefore defined only on request:
// -DOPENWMI_OLD_SAL, together with including the standard headers first.
#ifndef OPENWMI_SAL_H
#define OPENWMI_SAL_H

#define _In_
#define _In_opt_
#define _In_z_
#define _In_opt_z_
#define _In_reads_(size)
#define _In_reads_opt_(size)
#define _In_reads_z_(size)
#define _In_reads_bytes_(size)
#define _In_reads_bytes_opt_(size)
#define _In_range_(low, high)
#define _Inout_
#define _Inout_opt_
#define _Inout_z_
#define _Inout_updates_(size)
#define _Inout_updates_opt_(size)
#define _Inout_updates_bytes_(size)
#define _Out_
#define _Out_opt_
#define _Out_writes_(size)
#define _Out_writes_opt_(size)
#define _Out_writes_z_(size)
#define _Out_writes_bytes_(size)
#define _Out_writes_bytes_opt_(size)
#define _Out_writes_to_(size, count)
#define _Out_writes_to_opt_(size, count)
#define _Out_writes_bytes_to_(size, count)
#define _Out_writes_all_(size)
#define _Out_range_(low, high)
#define _Outptr_
#define _Outptr_opt_
#define _Outptr_result_maybenull_
#define _Outptr_opt_result_maybenull_
#define _Outptr_result_z_
#define _Outptr_result_bytebuffer_(size)
#define _COM_Outptr_
#define _COM_Outptr_opt_
#define _COM_Outptr_result_maybenull_
#define _Ret_maybenull_
#define _Ret_notnull_
#define _Ret_z_
#define _Ret_opt_z_
#define _Ret_range_(low, high)
#define _Reserved_
#define _Null_terminated_
#define _Notnull_
#define _Maybenull_
#define _Pre_
#define _Post_
#define _Deref_out_
#define _Deref_out_opt_
#define _Check_return_
#define _Must_inspect_result_
#define _Success_(expression)
#define _When_(expression, annotations)
#define _At_(target, annotations)
#define _Field_size_(size)
#define _Field_size_opt_(size)
#define _Field_size_bytes_(size)
#define _Field_z_
#define _Printf_format_string_
#define _Scanf_format_string_
#define _Use_decl_annotations_
#define _Analysis_assume_(expression)
#define _Acquires_lock_(lock)
#define _Releases_lock_(lock)
#define _Frees_ptr_
#define _Frees_ptr_opt_
#define __analysis_assume(expression)

#ifdef OPENWMI_OLD_SAL
#define __in
#define __in_opt
#define __in_ecount(size)
#define __in_bcount(size)
#define __out
#define __out_opt
#define __out_ecount(size)
#define __out_bcount(size)
#define __inout
#define __inout_opt
#define __deref_out
#define __deref_out_opt
#define __reserved
#define __checkReturn
#define __success(expression)
#endif

#endif
